import { MantineProvider } from "@mantine/core";
import { OnSwiftProvider, useSession } from "@onswift/sdk/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { currentSession, onswift } from "./onswift.ts";
import { router } from "./router.tsx";
import { theme, variables } from "./theme.ts";

const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000 } } });

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <OnSwiftProvider client={onswift} session={currentSession()}>
          <Pages />
        </OnSwiftProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Pages() {
  const { user, mfaRequired } = useSession() ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: who may open a page is asked again, also for a change in another tab
  useEffect(() => void router.invalidate(), [user?.id, mfaRequired]);
  return <RouterProvider router={router} />;
}
