import Foundation
import TestSupport
import Testing

/// Random numbers, extreme ones among them, for every numeric option: an answer has finite numbers alone, in all
/// forms, and a refusal is one line.
@Suite struct NumberAttackTests {
  private struct Attack {
    var random: SplitMix64

    mutating func pick<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: values.indices, using: &random)]
    }

    mutating func number() -> String {
      let plain = pow(10, Double.random(in: -9...9, using: &random))
      return pick([
        "1", "0.5", "3", "1e-50", "1e50", "1e-12", "1e12", "0.999999", "1e-300", "1e300", "5e-324",
        "\(plain)", "\(plain)",
      ])
    }

    mutating func steps(_ most: Double) -> String {
      "\(Int(pow(10, Double.random(in: 0...most, using: &random))))"
    }

    mutating func spec() -> String {
      let (one, two) = (number(), number())
      return pick([
        "linear", "cosine", "constant", "wsd20", "cosine:power=\(one)", "rex:beta=\(one)",
        "wsd20:decay=exponential,min=\(one)", "linear:min-lr=\(one)", "invsqrt:timescale=\(one)",
        "onecycle:start=\(one),end=\(two)", "piecewise:0=1,0.5=\(one),1=0",
        "twostage:at=0.8,factor=\(one),cooldown=0.2",
      ])
    }

    mutating func task() -> String {
      let (one, two, three) = (number(), number(), number())
      return pick(["3,1.5,1", "2,3,1,8", "1.5,3,0", "\(one),\(two),\(three)", "1.01,1.01,1"])
    }

    mutating func command() -> [String] {
      let model = ["--task", task(), "--features", pick(["2", "50"])]
      let rate = pick([["--lr", number()], []])
      let cap = pick([["--cap", number()], []])
      let scale = pick([["--distance", number()], ["--gradient-norm", number()], []])
      return pick([
        ["bound", spec(), "--steps", steps(3)] + rate + scale + pick([["--curve"], []]),
        ["tune", spec(), "--steps", steps(2.5)] + rate + scale,
        ["tune", spec(), "--steps", steps(1.5), "--free-form"] + rate + scale + cap,
        ["robustness", spec(), "--steps", steps(3), "--rho", number()],
        [
          "transfer", "--from", spec(), "--to", spec(), "--steps", steps(4), "--to-steps",
          steps(4), "--no-cross-check",
        ] + rate,
        [
          "extend", "--schedule", spec(), "--steps", steps(2), "--to-steps", steps(3),
          "--no-cross-check",
        ] + rate,
        ["model", "loss", spec(), "--steps", steps(2)] + model + rate,
        ["model", "optimal", "--steps", steps(1.3)] + model + cap + pick([["--limit"], []]),
        ["model", "momentum", "--steps", steps(0.8), "--gradient-noise", "additive"] + model + cap,
        ["model", "transfer", "--from", spec(), "--to", spec(), "--steps", steps(1.5)] + model,
        ["schedule", spec(), "--steps", steps(2), "--export", pick(["torch", "optax"])] + rate,
        [
          "search", "con", "--steps", steps(1.2), "--shapes", "2", "--grid",
          "\(number()),\(number()),2", "--weight-decay", number(), "--batch",
          pick(["1", "5", "100"]),
        ],
      ])
    }
  }

  @Test func finiteOrRefused() throws {
    let runs = isHeavy ? 2000 : 25
    var attack = Attack(random: SplitMix64(seed: 13))
    let picture = try TemporaryFile("", name: "a.svg").path
    // A word of its own, not a part of a name.
    let fault = /(^|[^A-Za-z0-9_.])(inf|nan|EncodingError|Fatal error)($|[^A-Za-z0-9_.])/
    for _ in 0..<runs {
      let form = attack.pick([[], ["--json"], ["--csv"], ["--plot", picture]])
      let arguments = attack.command() + form
      let run = try CommandRun(arguments)
      #expect([0, 2, 3, 4].contains(run.code), "\(arguments): \(run.code) \(run.errors)")
      #expect(
        !run.output.contains(fault) && !run.errors.contains(fault), "\(arguments): \(run.errors)")
      // The central check is the last resort: an answer that it has to stop is a fault at its source.
      #expect(!run.errors.contains("not a finite number"), "\(arguments): \(run.errors)")
    }
    let drawn = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(!drawn.contains(/[ ,"](inf|nan)[ ,"]/))
  }
}
