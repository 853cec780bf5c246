/** The smallest useful model, y [n] = x [n] + x [n] (opset 17): tells whether a device computes at all. */
export const PROBE_MODEL: Uint8Array = Buffer.from(
  'CAgSB2Vhcm1hcmsaBTAuMS4wOl8KGQoBeAoBeBIFQWRkXzEaBUFkZF8xIgNBZGQKFwoFQWRkXzESAXkaAXkiCElkZW50aXR5EgVwcm9iZVoQCgF4EgsKCQgBEgUKAxIBbmIQCgF5EgsKCQgBEgUKAxIBbkIECgAQEQ==',
  'base64',
);
