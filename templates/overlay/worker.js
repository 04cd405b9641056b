{% load static %}// Starts the page from a copy while the server is away. The network comes first, so nothing here is ever stale.
const CACHE = "greenroom-overlay";
const SHELL = "{% url 'overlay_shell' %}";
const ASSETS = [
  {% for file in files %}"{% static file %}",
  {% endfor %}];
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...ASSETS])));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const copy = event.request.mode === "navigate" ? SHELL : pathname;
  if (copy !== SHELL && !ASSETS.includes(copy)) return;
  const fresh = fetch(event.request);
  event.respondWith(freshOrCopy(fresh, copy));
  event.waitUntil(fresh.then(() => caches.open(CACHE)).then((cache) => cache.add(copy)).catch(() => {}));
});

async function freshOrCopy(fresh, copy) {
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const response = await Promise.race([fresh.catch(() => null), tooLate]);
  // A proxy in front of a server that is away answers 5xx.
  if (response && response.status < 500) return response;
  return (await caches.match(copy)) ?? (await fresh);
}
