// A page that was open during an update, or was started from its copy, loads itself again.
const KEY = "greenroom.overlay.renewed-for";

/** Load the page again if the server has another version, but only once for each. */
export function renew(version) {
  if (version === document.body.dataset.version) return;
  try {
    if (sessionStorage.getItem(KEY) === version) return;
    sessionStorage.setItem(KEY, version);
  } catch {
    return;
  }
  location.reload();
}
