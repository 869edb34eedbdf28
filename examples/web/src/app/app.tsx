import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { cache } from "../data/cache.ts";
import { onSessionChange } from "./onswift.ts";
import { router } from "./router.tsx";
import { theme, variables } from "./theme.ts";

export function App() {
  useEffect(
    () =>
      // The session can also change in another tab. What the former user saw must not stay.
      onSessionChange(() => {
        cache.clear();
        void router.invalidate();
      }),
    [],
  );
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
