/** Reads the Mermaid diagrams of a page. A line that is not understood is an error, not left out. */

export interface Column {
  readonly type: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** A foreign key: rows of `child` name one of `parent` in `columns`. */
export interface Relation {
  readonly parent: string;
  readonly child: string;
  readonly columns: readonly string[];
  /** Whether the columns can be null. */
  readonly isOptional: boolean;
  /** Whether a parent has one child at most. */
  readonly isUnique: boolean;
}

export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** The lines of every diagram of one kind, without the line that names the kind. */
export const diagrams = (page: string, kind: string): readonly (readonly string[])[] =>
  [...page.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)]
    .map(([, text = ""]) => text.split("\n").map((line) => line.trim()))
    .filter(([first]) => first === kind)
    .map(([, ...lines]) => lines.filter((line) => line !== ""));

const relation = /^(\w+) (\|\||\|o)--(o\{|o\|) (\w+) : (?:(\w+)|"(\w+(?:, \w+)*)")$/;
const column = /^([\w[\]]+) (\w+)(?: (PK, FK|PK|FK))?(?: "[^"]+")?$/;

export function readEntities(lines: readonly string[]) {
  const relations: Relation[] = [];
  const entities = new Map<string, Column[]>();
  let columns: Column[] | undefined;
  for (const line of lines) {
    const start = /^(\w+) \{$/.exec(line)?.[1];
    const edge = relation.exec(line);
    const attribute = column.exec(line);
    if (line === "}") columns = undefined;
    else if (start !== undefined) {
      columns = [];
      entities.set(start, columns);
    } else if (columns !== undefined && attribute !== null) {
      const [, type = "", name = "", keys] = attribute;
      columns.push({ type, name, keys: keys?.split(", ") ?? [] });
    } else if (columns === undefined && edge !== null) {
      const [, parent = "", left, right, child = "", one, several] = edge;
      relations.push({
        parent,
        child,
        columns: (one ?? several ?? "").split(", "),
        isOptional: left === "|o",
        isUnique: right === "o|",
      });
    } else throw new Error(`An entity diagram has a line that is not understood: ${line}`);
  }
  return { entities, relations };
}

export const readTransitions = (lines: readonly string[]): readonly Transition[] =>
  lines.map((line) => {
    const found = /^(\w+|\[\*\]) --> (\w+|\[\*\]) : (.+)$/.exec(line);
    if (found === null)
      throw new Error(`A state diagram has a line that is not understood: ${line}`);
    const [, from = "", to = "", label = ""] = found;
    return { from, to, label };
  });
