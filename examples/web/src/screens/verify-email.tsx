import { Button, Text } from "@mantine/core";
import { useOnSwift } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Loaded } from "../parts/loaded.tsx";
import { Entry } from "./entry.tsx";

const route = getRouteApi("/verify-email");

export function VerifyEmail() {
  const onswift = useOnSwift();
  const { token = "" } = route.useSearch();
  const verified = useQuery({
    queryKey: ["verifyEmail", token],
    queryFn: () => onswift.auth.verifyEmail(token).orThrow(),
    staleTime: Number.POSITIVE_INFINITY,
    // The SDK tries again by itself where that helps.
    retry: false,
  });
  const titles = {
    pending: "Verifying your email address",
    error: "Not verified",
    success: "Email address verified",
  };
  return (
    <Entry title={titles[verified.status]}>
      <Loaded query={verified}>
        {() => <Text role="status">Thank you. Notifications can now reach you by mail.</Text>}
      </Loaded>
      <Button component={Link} to="/">
        Continue
      </Button>
    </Entry>
  );
}
