import { type Broadcast, encodeBroadcast, type Version } from "./frames.ts";
import { type Diff, Presence } from "./presence.ts";

/** A subscriber of one topic. */
export interface Subscriber {
  readonly version: Version;
  /** Whether the subscriber may receive messages of this kind. */
  canReceive(extension: "broadcast" | "presence"): boolean;
  /** Delivers a broadcast that is already encoded for the subscriber's protocol version. */
  deliver(frame: string | Buffer): void;
  deliverPresence(diff: Diff): void;
}

interface Topic {
  readonly subscribers: Set<Subscriber>;
  readonly presence: Presence;
}

/** Identifies a topic. A private and a public topic with the same name are separate topics. */
export interface TopicName {
  readonly name: string;
  readonly isPrivate: boolean;
}

const keyOf = ({ name, isPrivate }: TopicName) => `${isPrivate ? "private" : "public"}:${name}`;

/** Holds the subscribers and the presence of all topics, and delivers messages to them. */
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
    this.#deliverDiff(topic, topic.presence.untrack(subscriber));
    if (topic.subscribers.size === 0) this.#topics.delete(keyOf(name));
  }

  /** Delivers a broadcast to all subscribers except `except`. Encodes it once per protocol version. */
  broadcast(name: TopicName, broadcast: Broadcast, except?: Subscriber): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic === undefined) return;
    const encoded = new Map<Version, string | Buffer>();
    for (const subscriber of topic.subscribers) {
      if (subscriber === except || !subscriber.canReceive("broadcast")) continue;
      const { version } = subscriber;
      const frame =
        encoded.get(version) ?? encodeBroadcast(`realtime:${name.name}`, broadcast, version);
      encoded.set(version, frame);
      subscriber.deliver(frame);
    }
  }

  track(
    name: TopicName,
    subscriber: Subscriber,
    key: string,
    payload: Record<string, unknown>,
  ): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic !== undefined)
      this.#deliverDiff(topic, topic.presence.track(subscriber, key, payload));
  }

  untrack(name: TopicName, subscriber: Subscriber): void {
    const topic = this.#topics.get(keyOf(name));
    if (topic !== undefined) this.#deliverDiff(topic, topic.presence.untrack(subscriber));
  }

  #deliverDiff(topic: Topic, diff: Diff | undefined): void {
    if (diff === undefined) return;
    for (const subscriber of topic.subscribers) {
      if (subscriber.canReceive("presence")) subscriber.deliverPresence(diff);
    }
  }
}
