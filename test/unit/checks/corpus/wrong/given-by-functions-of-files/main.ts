import { makePaypal } from "./paypal";
import { makeStripe } from "./stripe";

export const providers = { stripe: makeStripe(), paypal: makePaypal() };
