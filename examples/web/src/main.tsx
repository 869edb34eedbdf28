import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { loadConfig } from "./app/config.ts";
import { connect } from "./app/onswift.ts";
import "./app/app.css";

// The build adds the styles of each component to its code. Here they come at once.
if (import.meta.env.DEV) await import("@mantine/core/styles.css");

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");

try {
  await connect(await loadConfig());
  createRoot(root).render(<App />);
} catch (error) {
  const again = document.createElement("button");
  again.textContent = "Try again";
  again.onclick = () => location.reload();
  const reason = error instanceof Error ? error.message : String(error);
  root.replaceChildren(`OnSwift cannot start: ${reason} `, again);
}
