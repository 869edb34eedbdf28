/**
 * Text of users in which mail programs find no address to link: `evil.example` becomes `evil[.]example`. Every user
 * chooses a name, so a name must not lead a reader away.
 */
export const inert = (text: string): string =>
  text
    .replace(/:\/\//g, "[:]//")
    .replace(/(?<=[\p{L}\p{M}\p{N}\p{So}_-])[.。．｡](?=[\p{L}\p{M}\p{N}-]{2,})/gu, "[.]")
    .replace(/(?<=\S)@(?=\S)/g, "[@]");
