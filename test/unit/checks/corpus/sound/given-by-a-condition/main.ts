import { makePaypal } from "./paypal";
import { makeStripe } from "./stripe";

export const payments = process.env["PROVIDER"] === "stripe" ? makeStripe() : makePaypal();
