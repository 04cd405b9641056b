// The alert line: one thing in one line, or a few lines if more came at once.
import { fromTemplate, toast } from "./toast.js";

const HOLD_EACH_MORE = 900;
const MOST = 3;

/** Show `alerts`, oldest first, inside `root`; resolves when they have left. */
export function alert(root, alerts, options) {
  const rows = alerts.slice(0, MOST).map(line);
  const isTest = alerts.some(({ is_test }) => is_test);
  const total = alerts.length;
  return toast(root, fromTemplate("alerts", {}), { rows, total, isTest, holdEachMore: HOLD_EACH_MORE, options });
}

function line({ icon, name, text }) {
  return fromTemplate("alert", { "alert-icon": icon, "alert-name": name, "alert-said": text });
}
