// What is on in tournaments: the live match with its vote, and the sheets that the address names.
import { Scoreboard } from "./scoreboard.js";
import { Standing } from "./standing.js";

export class Games {
  #board;
  #standing;

  /** `root` holds the cards of the match, `sheetRoot` the sheet that stands. */
  constructor(root, sheetRoot, options) {
    this.isWanted = ["match", "vote"].some((part) => options.parts.has(part)) || options.sheets.length > 0;
    this.#board = new Scoreboard(root, options);
    this.#standing = new Standing(sheetRoot, options);
  }

  /** Take which tournament and which match are on now. */
  show(air) {
    if (!this.isWanted) return;
    this.#board.follow(air.match);
    this.#standing.show(air);
  }

  /** Take what a match's socket would tell; for samples, which have none. */
  sample(message) {
    this.#board.take(message);
  }

  /** Take sheets by their kinds; for samples. */
  sampleSheets(sheets) {
    this.#standing.sample(sheets);
  }
}
