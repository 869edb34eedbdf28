import type { NextConfig } from "next";

const config: NextConfig = {
  // The repository around this app has a lock file too.
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
};

export default config;
