import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { OnSwiftError } from "../core/errors.ts";
import type { Me } from "../types/users.ts";
import { useShared } from "./provider.ts";

/** The profile of the signed-in user. Loads nothing while no user is signed in, or a code of the second factor is needed. */
export function useMe(): UseQueryResult<Me, OnSwiftError> {
  const { queries, session } = useShared();
  return useQuery({ ...queries.users.me(), enabled: Boolean(session && !session.mfaRequired) });
}
