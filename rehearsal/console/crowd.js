// The channels that others stream on: those of the viewers, and a crowd.

import { at, button, control, draw, make, world } from "/console/stage.js";

const chosen = () => world.viewers.find((it) => it.login === at("viewer").value);

export function drawOthers() {
  const live = world.streams.filter((it) => it.user_id !== world.channel.user_id);
  const named = live.map((it) => ({ ...it, owner: world.viewers.find((viewer) => viewer.id === it.user_id) }));
  draw(at("others"), named, (it) => it.user_id, (it) => make("li", {},
    make("span", {}, make("bdi", { textContent: it.owner?.display_name ?? it.user_id }), ` · ${it.game_name || "no category"}`),
    button("End", () => control("live", { login: it.user_id, on: false }),
      { attributes: { "aria-label": `End ${it.owner?.login ?? it.user_id}` } })));
  at("no-others").hidden = live.length > 0;
  at("others-count").textContent = live.length ? `${live.length} live` : "";
  drawChosen();
}

function drawChosen() {
  const owner = chosen();
  const isOn = world.streams?.some((it) => it.user_id === owner?.id);
  const isOwn = owner?.id === world.channel?.user_id;
  at("other-live").textContent = isOn ? `Update ${owner?.display_name}` : `${owner?.display_name ?? "They"} goes live`;
  at("other-live").disabled = !owner || isOwn;
}

export function drawCrowd() {
  const { size, live } = world.crowd;
  at("crowd-line").textContent = size ? `Crowd: ${live.toLocaleString("en")} of ${size.toLocaleString("en")} live` : "A crowd of streamers";
  const form = at("crowd");
  if (form.contains(document.activeElement)) return;
  for (const name of ["size", "live", "turnover", "flicker"]) form.elements[name].value = world.crowd[name];
}

export function listenToOthers() {
  at("viewer").addEventListener("change", drawChosen);
  at("other").onsubmit = (event) => {
    event.preventDefault();
    const { title, category } = event.target.elements;
    control("live", { login: at("viewer").value, on: true, title: title.value, category: category.value });
  };
  at("crowd").onsubmit = (event) => {
    event.preventDefault();
    const wish = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, Number(value)]));
    control("twitch/crowd", wish);
  };
  at("retitle").onclick = () => control("twitch/crowd", { retitle: true });
}
