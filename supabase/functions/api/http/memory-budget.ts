import { unavailable } from "./errors.ts";

export interface Budget {
  /** For all requests together. */
  readonly bytes: number;
  /** For the requests of one owner together. */
  readonly share: number;
  /** How long a request waits for memory. */
  readonly waitMs?: number;
  /** How long a body may take to arrive while other requests wait for memory. */
  readonly arrivalMs?: number;
}

/** The memory of one request. It grows while the body arrives. */
export interface Room {
  /** Waits for more bytes. Rejects if none become free in time. */
  grow(bytes: number): Promise<void>;
  /** Marks that the body is complete, so that the request is no longer in danger of being ended. */
  complete(): void;
  /** Frees all bytes. */
  close(): void;
  /** Aborted when the body is too slow and others wait. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly room: OwnedRoom;
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * Limits how many bytes of requests this instance holds in memory at the same time. Without a limit it would
 * run out of memory and lose all its requests. Memory is taken as bytes arrive, so idle requests hold
 * none; slow ones end when others wait; and the requests of one owner cannot take everything.
 */
export class MemoryBudget {
  readonly #budget: Required<Budget>;
  readonly #rooms = new Set<OwnedRoom>();
  readonly #queue: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(budget: Budget) {
    this.#budget = { waitMs: 10_000, arrivalMs: 15_000, ...budget };
  }

  open(owner: string): Room {
    const room: OwnedRoom = new OwnedRoom(owner, {
      grow: (bytes): Promise<void> => this.#grow(room, bytes),
      close: () => {
        this.#rooms.delete(room);
        this.#admit();
      },
    });
    this.#rooms.add(room);
    return room;
  }

  async #grow(room: OwnedRoom, bytes: number): Promise<void> {
    // In order, except for owners who wait for their own requests.
    const isFirst = this.#queue.every((waiting) => !this.#fitsShare(waiting));
    if (isFirst && this.#fits({ room, bytes })) room.bytes += bytes;
    else await this.#wait(room, bytes);
  }

  #wait(room: OwnedRoom, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        room.signal.removeEventListener("abort", refuse);
        const place = this.#queue.indexOf(waiting);
        if (place >= 0) this.#queue.splice(place, 1);
      };
      const refuse = () => {
        leave();
        // The next one in the queue may be smaller.
        this.#admit();
        reject(room.signal.reason ?? unavailable("No memory became free for another form."));
      };
      const timer = setTimeout(refuse, this.#budget.waitMs);
      room.signal.addEventListener("abort", refuse);
      const enter = () => {
        leave();
        room.bytes += bytes;
        resolve();
      };
      const waiting = { room, bytes, enter };
      this.#queue.push(waiting);
      this.#endSlow();
    });
  }

  #admit(): void {
    for (const waiting of [...this.#queue]) {
      if (!this.#fitsShare(waiting)) continue;
      if (!this.#fits(waiting)) return;
      waiting.enter();
    }
  }

  #fits(waiting: Pick<Waiting, "room" | "bytes">): boolean {
    const held = [...this.#rooms].reduce((sum, room) => sum + room.bytes, 0);
    return held + waiting.bytes <= this.#budget.bytes && this.#fitsShare(waiting);
  }

  #fitsShare({ room, bytes }: Pick<Waiting, "room" | "bytes">): boolean {
    let held = 0;
    for (const other of this.#rooms) if (other.owner === room.owner) held += other.bytes;
    return held + bytes <= this.#budget.share;
  }

  /** Ends the slow bodies that others wait for, now and when further ones become too slow. */
  #endSlow(): void {
    clearTimeout(this.#timer);
    if (this.#queue.length === 0) return;
    const now = performance.now();
    const owners = this.#queue.map(({ room }) => room.owner);
    const everyone = this.#queue.some((waiting) => this.#fitsShare(waiting));
    const arriving = [...this.#rooms].filter(
      (room) => room.isArriving && room.bytes > 0 && (everyone || owners.includes(room.owner)),
    );
    const [oldest] = arriving.sort((one, other) => one.since - other.since);
    if (oldest === undefined) return;
    const left = oldest.since + this.#budget.arrivalMs - now;
    if (left <= 0) oldest.end();
    this.#timer = setTimeout(() => this.#endSlow(), Math.max(left, 1));
  }
}

class OwnedRoom implements Room {
  readonly owner: string;
  readonly since = performance.now();
  readonly grow: Room["grow"];
  bytes = 0;
  isArriving = true;
  readonly #abort = new AbortController();
  readonly #closed: () => void;

  constructor(owner: string, { grow, close }: { grow: Room["grow"]; close: () => void }) {
    this.owner = owner;
    this.grow = grow;
    this.#closed = close;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  complete(): void {
    this.isArriving = false;
  }

  close(): void {
    this.complete();
    this.bytes = 0;
    this.#closed();
  }

  end(): void {
    this.complete();
    this.#abort.abort(unavailable("The form arrived too slowly while others waited."));
  }
}
