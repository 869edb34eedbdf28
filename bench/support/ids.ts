/** The ids in a statement, with their quotes: they are parameters of statements, and left out of names. */
export const uuids = /'[0-9a-f]{8}-[0-9a-f-]{27}'/g;
