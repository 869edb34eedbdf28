import { useNavigate, useRouter } from "@tanstack/react-router";
import { useState } from "react";

/** Leads on when an action has succeeded. A person who has gone elsewhere meanwhile is not called away from there. */
export function useGoOn() {
  const router = useRouter();
  const navigate = useNavigate();
  const [here] = useState(router.latestLocation.pathname);
  const goOn: typeof navigate = async (options) => {
    if (router.latestLocation.pathname === here) await navigate(options);
  };
  return goOn;
}
