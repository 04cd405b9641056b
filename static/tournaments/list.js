// The list of tournaments, fetched again when anything of one changed.
import { follow, morph } from "./news.js";
import { localise } from "./times.js";

follow("/ws/tournaments", 0, {
  renew: async () => {
    await morph(location.pathname, ["tournaments"]);
    localise(document);
  },
});
