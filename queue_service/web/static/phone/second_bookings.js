// What the same person seems to have booked already.

import { ask, Refusal } from "./requests.js";

/**
 * Bookings of somebody with this name, number or address; `what` is being booked: {services, hours, start,
 * reference}. Without an answer there is no warning, and no delay.
 */
export async function secondBookings({ name, phone, email }, what) {
  try {
    const { items } = await ask("/api/v1/appointment-duplicates", { contact: { name, phone, email }, ...what });
    return items;
  } catch (failure) {
    if (failure instanceof Refusal) return [];
    throw failure;
  }
}
