# The settings of workerd. On Cloudflare, wrangler.toml takes their place.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    # The backend of `npm start` is on this computer.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "dist/worker.js")],
  compatibilityDate = "2026-10-01",
  bindings = [
    (name = "ONSWIFT_URL", fromEnvironment = "ONSWIFT_URL"),
    (name = "ONSWIFT_KEY", fromEnvironment = "ONSWIFT_KEY"),
  ],
);
