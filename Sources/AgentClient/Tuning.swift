/// The numbers of the client.
enum Tuning {}
