// expect: possibly-undefined@7:23
// The first `?.` does not help the second step: address itself may be missing.
interface Customer {
  address?: { country: string };
}

// @zcache key: "vat:{customer?.address.country}"
export async function vatRate(customer?: Customer): Promise<number> {
  return customer?.address?.country === "NL" ? 21 : 0;
}
