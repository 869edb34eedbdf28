import { useRealtimeStatus } from "@onswift/sdk/react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";

const watchOnline = (listener: () => void) => {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
};

/** Appears when the page is offline, or when the live connection has been away for more than a moment. */
export function ReconnectBanner() {
  const online = useSyncExternalStore(watchOnline, () => navigator.onLine);
  const status = useRealtimeStatus();
  const cache = useQueryClient();
  const [isLost, setLost] = useState(false);
  const reconnecting = status === "reconnecting";
  useEffect(() => {
    if (!reconnecting) return setLost(false);
    const timer = setTimeout(() => setLost(true), 1500);
    return () => clearTimeout(timer);
  }, [reconnecting]);
  useEffect(() => {
    if (online)
      void cache.refetchQueries({
        type: "active",
        predicate: ({ state }) => state.status === "error",
      });
  }, [online, cache]);
  return (
    <div role="status" aria-live="polite">
      {(!online || isLost) && (
        <div className="banner">
          {online
            ? "Reconnecting … New events will appear in a moment."
            : "You are offline. What you see may be out of date."}
        </div>
      )}
    </div>
  );
}
