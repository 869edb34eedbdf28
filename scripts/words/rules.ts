/** Words that public texts do not use, and what to write instead. */
export interface Rule {
  readonly words: readonly string[];
  readonly instead: string;
}

/** Riddles and archaisms. The names of things are the glossary's. */
export const styleRules: readonly Rule[] = [
  {
    words: ["whoever", "whomever", "nobody", "somebody", "anybody", "everybody"],
    instead: 'name the actor ("the sender", "only the project creator", "anyone with the link")',
  },
  { words: ["tell of", "tells", "told"], instead: '"returns", "shows", "notifies"' },
  { words: ["says", "said"], instead: '"states", "sent", "means"' },
  { words: ["hears", "heard", "is heard"], instead: '"receives", "is notified of"' },
  { words: ["has to be", "have to be"], instead: '"must be"' },
  {
    words: ["here is only", "here are only", "not for you", "not yours", "none of your"],
    instead: 'state the rule ("Only members can …", "You don\'t have access to …")',
  },
  { words: ["a fault of ours", "wait a little"], instead: "state what happened and what to do" },
  {
    words: ["one's own", "oneself", "a client of its own"],
    instead: '"your own", "the caller\'s"',
  },
  { words: ["e-mail", "e-mails"], instead: '"email"' },
  { words: ["junk mail"], instead: '"spam folder"' },
  {
    words: ["thereof", "whereof", "wherein", "hitherto", "henceforth", "beforehand"],
    instead: "ordinary words",
  },
  { words: ["not any more"], instead: '"no longer"' },
];

/** One rule a row of the glossary that lists words in its last column: its term is what to write. */
export function glossaryRules(markdown: string): Rule[] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split("|"))
    .flatMap((cells) => {
      const words = [...(cells.at(-1) ?? "").matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word);
      return words.length > 0 ? [{ words, instead: `"${(cells[0] ?? "").trim()}"` }] : [];
    });
}
