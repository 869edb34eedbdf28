import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { loadConfig } from "./app/config.ts";
import { connect } from "./app/onswift.ts";
import "@mantine/core/styles.css";
import "./app/app.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");

try {
  await connect(await loadConfig());
  createRoot(root).render(<App />);
} catch (error) {
  root.textContent = `OnSwift cannot start: ${error instanceof Error ? error.message : String(error)}`;
}
