import { Html } from "./html.ts";

/** The contrast of text to what is behind it is at least 4.5:1 in both, which a test measures. */
interface Colours {
  readonly page: string;
  readonly card: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly button: string;
  readonly label: string;
}

/** Written into each element, because some mail programs ignore style sheets. */
export const light: Colours = {
  page: "#f4f4f7",
  card: "#ffffff",
  text: "#1c1c28",
  muted: "#5c5c6b",
  accent: "#5b3df5",
  button: "#5b3df5",
  label: "#ffffff",
};

const dark: Colours = {
  page: "#15151c",
  card: "#23232e",
  text: "#f1f1f6",
  muted: "#b6b6c4",
  accent: "#b3a6ff",
  button: "#5b3df5",
  label: "#ffffff",
};

/** `!important` is stronger than the styles of the elements. */
const rules = `
.page{background:${dark.page}!important;color:${dark.text}!important}
.card{background:${dark.card}!important}
.text{color:${dark.text}!important}
.muted{color:${dark.muted}!important}
.accent{color:${dark.accent}!important}
.button{background:${dark.button}!important}
.label{color:${dark.label}!important}
.box{background:${dark.page}!important;color:${dark.text}!important}
`;

export const darkMode = new Html(
  `<style>:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){${rules}}</style>`,
);
