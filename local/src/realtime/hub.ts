import { type Broadcast, encodeBroadcast, type Version } from "./frames.ts";
import { type Diff, Presence } from "./presence.ts";

/** Somebody who listens to one topic. */
export interface Subscriber {
  readonly version: Version;
  /** Whether broadcasts, and who is there, may be heard by this one. */
  hears(extension: "broadcast" | "presence"): boolean;
  /** A broadcast that is written already, once for all who have this version. */
  deliver(frame: string | Buffer): void;
  tellPresence(diff: Diff): void;
}

interface Topic {
  readonly subscribers: Set<Subscriber>;
  readonly presence: Presence;
}

/** A private topic and a public one of the same name have nothing to do with each other. */
export interface TopicName {
  readonly name: string;
  readonly isPrivate: boolean;
}

const keyOf = ({ name, isPrivate }: TopicName) => `${isPrivate ? "private" : "public"}:${name}`;

/** Who listens to what. */
export class Hub {
  readonly #topics = new Map<string, Topic>();

  join(name: TopicName, subscriber: Subscriber): Presence {
    const key = keyOf(name);
    const topic = this.#topics.get(key) ?? { subscribers: new Set(), presence: new Presence() };
    this.#topics.set(key, topic);
    topic.subscribers.add(subscriber);
    return topic.presence;
  }

  leave(name: TopicName, subscriber: Subscriber): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic === undefined) return;
    topic.subscribers.delete(subscriber);
    this.#tell(topic, topic.presence.untrack(subscriber));
    if (topic.subscribers.size === 0) this.#topics.delete(keyOf(name));
  }

  /** Hands a broadcast to everybody on the topic, but to `except`. Written once for each version. */
  broadcast(name: TopicName, broadcast: Broadcast, except?: Subscriber): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic === undefined) return;
    const written = new Map<Version, string | Buffer>();
    for (const subscriber of topic.subscribers) {
      if (subscriber === except || !subscriber.hears("broadcast")) continue;
      const { version } = subscriber;
      const frame =
        written.get(version) ?? encodeBroadcast(`realtime:${name.name}`, broadcast, version);
      written.set(version, frame);
      subscriber.deliver(frame);
    }
  }

  track(name: TopicName, who: Subscriber, key: string, payload: Record<string, unknown>): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic !== undefined) this.#tell(topic, topic.presence.track(who, key, payload));
  }

  untrack(name: TopicName, who: Subscriber): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic !== undefined) this.#tell(topic, topic.presence.untrack(who));
  }

  #tell(topic: Topic, diff: Diff | undefined): void {
    if (diff === undefined) return;
    for (const subscriber of topic.subscribers) {
      if (subscriber.hears("presence")) subscriber.tellPresence(diff);
    }
  }
}
