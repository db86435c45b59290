/// The numbers of the agent.
enum Tuning {}
