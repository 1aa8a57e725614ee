// What the desk knows of its office: a snapshot, and the changes that followed it.

export class OfficeState {
  version = null;
  tickets = new Map();
  counters = new Map();
  openCounters = 0;
  #order = new Map();
  #skew = 0;

  /** Begin anew from a snapshot of the stream. */
  replace(snapshot) {
    this.version = snapshot.version;
    this.tickets = new Map(snapshot.items.map((ticket) => [ticket.id, ticket]));
    this.counters = new Map(snapshot.counters.map((counter) => [counter.id, counter]));
    this.openCounters = snapshot.open_counters;
    this.setOrder(snapshot.items);
  }

  /** Take in one change; false when one before it is missing. */
  apply(change) {
    if (change.version <= this.version) return true;
    if (change.version !== this.version + 1) return false;
    this.version = change.version;
    this.heardAt(change.at);
    if (change.ticket) this.putTicket(change.ticket);
    for (const ticket of change.tickets ?? []) this.putTicket(ticket);
    if (change.counter) this.putCounter(change.counter);
    this.openCounters = change.open_counters;
    return true;
  }

  /** Take in a ticket as a verb answered it, ahead of the stream. */
  putTicket(ticket) {
    this.tickets.set(ticket.id, ticket);
  }

  putCounter(counter) {
    this.counters.set(counter.id, counter);
  }

  /** Take in a ticket that an earlier answer may already be ahead of. */
  know(ticket) {
    if (!this.tickets.has(ticket.id)) this.putTicket(ticket);
  }

  /** The service's clock, which may differ from that of this computer. */
  heardAt(instant) {
    this.#skew = Date.parse(instant) - Date.now();
  }

  now() {
    return Date.now() + this.#skew;
  }

  /** Remember in which order tickets would be called. */
  setOrder(tickets) {
    this.#order = new Map(tickets.map((ticket, position) => [ticket.id, position]));
  }

  inState(...states) {
    return [...this.tickets.values()].filter((ticket) => states.includes(ticket.state));
  }

  /** Waiting tickets in calling order; those not ranked yet come last, by rank. */
  waiting() {
    const place = (ticket) => this.#order.get(ticket.id) ?? Number.MAX_SAFE_INTEGER;
    return this.inState("waiting").sort(
      (a, b) =>
        place(a) - place(b) ||
        Date.parse(a.rank_at) - Date.parse(b.rank_at) ||
        a.number.localeCompare(b.number),
    );
  }

  /** The visitor in front of a counter. */
  visitorAt(counterId) {
    return this.inState("called", "serving").find((ticket) => ticket.counter === counterId);
  }

  /**
   * Why a waiting ticket is not called next from a counter: "service", "needs" (can't be called there
   * at all), "counter", "clerk", "team" (it is somebody else's to call), "choice" (the clerk has chosen
   * other services); null when nothing stands against it. callable: codes of all services that can be
   * served there. A colleague or a team that has gone home keeps nobody waiting.
   */
  obstacle(ticket, counter, callable) {
    const atOnce = ticket.together ? [ticket.service, ...ticket.further_services] : [ticket.service];
    const there = [...this.counters.values()];
    if (!atOnce.every((code) => callable.has(code))) return "service";
    if (ticket.needs.some((need) => !counter.features.includes(need))) return "needs";
    if (ticket.counter && ticket.counter !== counter.id) return "counter";
    if (ticket.clerk && ticket.clerk !== counter.clerk && there.some(({ clerk }) => clerk === ticket.clerk)) return "clerk";
    if (ticket.team && ticket.team !== counter.team && there.some(({ team, state }) => team === ticket.team && state !== "closed")) return "team";
    return atOnce.every((code) => counter.serving.includes(code)) ? null : "choice";
  }

  /** The counter that a waiting ticket is bound to, by itself or by whoever sits there. */
  awaitedCounter(ticket) {
    if (ticket.counter) return this.counters.get(ticket.counter);
    return [...this.counters.values()].find((counter) => counter.clerk !== null && counter.clerk === ticket.clerk);
  }
}
