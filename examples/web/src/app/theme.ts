import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const swift: MantineColorsTuple = [
  "#eef1fd",
  "#dde3f9",
  "#bac6f1",
  "#97a9ec",
  "#7d92e6",
  "#657ddf",
  "#4f68d0",
  "#4158b8",
  "#384da5",
  "#2b4092",
];

const dark: MantineColorsTuple = [
  "#d8dce3",
  "#c0c6d0",
  "#a0a8b6",
  "#6c7585",
  "#434b59",
  "#323946",
  "#232833",
  "#181c24",
  "#12151b",
  "#0c0e13",
];

export const theme = createTheme({
  primaryColor: "swift",
  primaryShade: { light: 6, dark: 6 },
  colors: { swift, dark },
  defaultRadius: "md",
  // Fonts of the system: no download, and no text that jumps when one arrives.
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // The head of a dialog is no second head of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    // A dialog that is done is gone at once: while it fades, a second click would do its work again.
    // A click beside it, such as the second of a double click, must not throw away what a person has written.
    Modal: { defaultProps: { transitionProps: { exitDuration: 0 }, closeOnClickOutside: false } },
  },
});

/** Greys and reds of the library that are too pale for WCAG AA, on this app's backgrounds. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f5f6f9",
    "--mantine-color-dimmed": "#565e6c",
    "--mantine-color-placeholder": "#636b79",
    "--mantine-color-error": "#b42318",
    "--mantine-color-anchor": "#3f57bd",
    "--card": "#ffffff",
    "--line": "#e3e6ec",
    "--shade": "#edeff4",
  },
  dark: {
    "--mantine-color-dimmed": "#a6adba",
    "--mantine-color-placeholder": "#9aa2b0",
    "--mantine-color-error": "#ff9a8f",
    "--mantine-color-anchor": "#a4b4f3",
    "--card": "#20252f",
    "--line": "#353c49",
    "--shade": "#2a303b",
  },
});
