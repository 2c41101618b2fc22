// expect: possibly-undefined@7:23
interface Customer {
  id: string;
  address?: { country: string };
}

// @zcache key: "vat:{customer.address.country}"
export async function vatRate(customer: Customer): Promise<number> {
  return customer.address?.country === "NL" ? 21 : 0;
}
