// The colour scheme that the user chose here, else the one of the system. Not inline: the page's policy forbids that.
const chosen = localStorage.getItem("mantine-color-scheme-value");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const scheme = chosen === "light" || chosen === "dark" ? chosen : dark ? "dark" : "light";
document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
