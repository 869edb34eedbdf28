/**
 * What the blocks of the README use without declaring it. A reader has these in their app; here they are declared for the
 * compiler, and the runner gives them values.
 */
export const names = `
import type { NewDeliverable, OnSwift } from "@onswift/sdk";
declare global {
  const onswift: OnSwift;
  const url: string;
  const key: string;
  const publishableKey: string;
  const email: string;
  const password: string;
  const talentId: string;
  const projectId: string;
  const taskId: string;
  const conversationId: string;
  const work: NewDeliverable;
  const input: HTMLInputElement;
  const pauseButton: HTMLButtonElement;
  function show(...shown: readonly unknown[]): void;
  function badge(status: string): void;
  function loadAgain(): void;
}
`;

/** Declarations of packages that only exist in a Next.js or React Native app. */
export const modules = `
declare module "next/headers" {
  interface Jar {
    getAll(): { name: string; value: string }[];
    set(name: string, value: string, options: object): void;
  }
  export function cookies(): Promise<Jar>;
}
declare module "react-native-url-polyfill/auto" {}
declare module "@react-native-async-storage/async-storage" {
  const storage: {
    getItem(key: string): Promise<string | null>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };
  export default storage;
}
`;

/** Stand-ins for these packages. */
export const packages: Readonly<Record<string, string>> = {
  "next/headers.js": `
    const jar = new Map();
    export const cookies = async () => ({
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      set: (name, value) => void (value === "" ? jar.delete(name) : jar.set(name, value)),
    });`,
  "react-native-url-polyfill/auto.js": "",
  "@react-native-async-storage/async-storage/index.js": `
    const stored = new Map();
    export default {
      getItem: async (key) => stored.get(key) ?? null,
      setItem: async (key, value) => void stored.set(key, value),
      removeItem: async (key) => void stored.delete(key),
    };`,
};
