// Buttons: their forms are sent without leaving the page, and what came of it is said.
const SAID_FOR = 6000;

/** Take over every form in `root` that posts, now and later. */
export function obey(root) {
  const toast = document.getElementById("toast");
  const token = document.querySelector("meta[name=csrf-token]").content;
  let hiding;

  const say = (text, isProblem) => {
    toast.textContent = text;
    toast.classList.toggle("bad", isProblem);
    clearTimeout(hiding);
    hiding = setTimeout(() => (toast.textContent = ""), SAID_FOR);
  };

  root.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.leaves !== undefined) return;
    event.preventDefault();
    const button = event.submitter;
    // A press that is on its way is not made twice.
    if (button?.hasAttribute("aria-busy")) return;
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
    button?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        redirect: "manual",
      });
      // Signed out meanwhile: the page asks to sign in again.
      if (answer.type === "opaqueredirect") return location.reload();
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      say(said.detail ?? unexplained(answer.status), !answer.ok);
      if (answer.ok) {
        form.closest("details.more")?.removeAttribute("open");
        form.dispatchEvent(new CustomEvent("done", { bubbles: true }));
      }
    } catch {
      say("It could not be sent. Is Greenroom running?", true);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  });
}

/** What to say of an answer that does not explain itself. */
function unexplained(status) {
  return status < 500 ? "You may not do this, or not any more." : "That did not work, through our fault. Try again in a moment.";
}
