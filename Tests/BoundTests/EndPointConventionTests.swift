import Bound
import Glibc
import Schedules
import Testing

/// How much γ* depends on where a library puts the ends of a decay: Hugging Face ends n steps on 1/n,
/// OLMo-core on 0, whose bound has a dummy last step that is longer than 1/n.
@Suite struct EndPointConventionTests {
  /// T; γ* of OLMo-core's over Hugging Face's, in per cent above 1: linear decay, and a cooldown of 20 %.
  static let shifts: [(steps: Int, linear: Double, wsd20: Double)] = [
    (100, 2.127, 4.317), (1000, 0.2279, 0.4890), (10_000, 0.02299, 0.04969),
    (100_000, 0.0023015, 0.0049794),
  ]

  @Test(arguments: shifts)
  func shift(_ steps: Int, _ linear: Double, _ wsd20: Double) throws {
    func gamma(_ library: Dialect, _ name: String, _ parameters: [String: ParameterValue]) throws
      -> Double
    {
      let schedule = try library.read(
        DialectRequest(name: name, parameters: parameters, steps: steps)
      ).schedule
      return try BoundTerms.lastIterate(of: schedule).optimalBaseLearningRate()
    }
    let linearRatio =
      try gamma(.olmoCore, "LinearWithWarmup", ["warmup": .number(0), "alpha_f": .number(0)])
      / gamma(.huggingFace, "linear", [:])
    let wsdRatio =
      try gamma(.olmoCore, "WSD", ["warmup": .number(0), "decay_fraction": .number(0.2)])
      / gamma(
        .huggingFace, "warmup_stable_decay",
        ["num_decay_steps": .number(Double(steps / 5)), "decay_type": .text("linear")])
    #expect(abs((linearRatio - 1) * 100 / linear - 1) < 2e-3, "\(linearRatio)")
    #expect(abs((wsdRatio - 1) * 100 / wsd20 - 1) < 2e-3, "\(wsdRatio)")
  }
}
