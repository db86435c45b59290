/// The numbers of the engine.
package enum Tuning {}
