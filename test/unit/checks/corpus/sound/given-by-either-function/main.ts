import { makePaypal } from "./paypal";
import { makeStripe } from "./stripe";

export function choosePayments() {
  if (process.env["PROVIDER"] === "stripe") return makeStripe();
  return makePaypal();
}
