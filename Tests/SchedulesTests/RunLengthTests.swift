import Schedules
import Support
import Testing

@Suite struct RunLengthTests {
  /// Steps, tokens and batch as given, and the steps and batch that they mean.
  static let lengths: [(steps: Int?, tokens: Int?, batch: Int?, meant: Int?, meantBatch: Int?)] = [
    (nil, nil, nil, nil, nil), (500, nil, nil, 500, nil), (500, nil, 64, 500, 64),
    (nil, nil, 64, nil, 64), (nil, 6400, 64, 100, 64), (nil, 6401, 64, 101, 64),
    (nil, 6399, 64, 100, 64), (nil, 64, 64, 1, 64), (100, 6400, nil, 100, 64),
    (100, 6399, nil, 100, 64), (100, 6400, 64, 100, 64),
    (nil, 1_000_000_000_000_000, 1_000_000, 1_000_000_000, 1_000_000),
  ]

  @Test(arguments: lengths)
  func twoGiveTheThird(
    _ steps: Int?, _ tokens: Int?, _ batch: Int?, _ meant: Int?, _ meantBatch: Int?
  ) throws {
    let length = try RunLength(steps: steps, tokens: tokens, batchTokens: batch)
    #expect(length.steps == meant && length.batchTokens == meantBatch)
    guard let tokens, let all = length.tokens, let meantBatch else { return }
    // Rounded up, by less than a step, and said.
    #expect(all >= tokens && all - tokens < meantBatch)
    #expect(length.assumptions.isEmpty == (all == tokens))
  }

  /// Steps, tokens and batch that cannot be, and a piece of the message.
  static let impossible: [(steps: Int?, tokens: Int?, batch: Int?, message: String)] = [
    (nil, 6400, nil, "give the tokens in a step"), (99, 6400, 64, "100 steps, not 99"),
    (101, 6400, 64, "100 steps, not 101"), (nil, 63, 64, "more than the whole run"),
    (7, 6, nil, "6 steps, not 7"), (100, 150, nil, "75 steps, not 100"),
    (nil, 1_000_000_000_000_000, 1, "1e9 are the most"),
    (1_000_000_000, nil, 1_000_000_000_000, "more than 1e18"),
  ]

  @Test(arguments: impossible)
  func contradictions(_ steps: Int?, _ tokens: Int?, _ batch: Int?, _ message: String) {
    let error = #expect(throws: InputError.self) {
      try RunLength(steps: steps, tokens: tokens, batchTokens: batch)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}

/// Lengths of a schedule in tokens.
@Suite struct TokenLengthTests {
  /// A spec, its batch, and its canonical form in steps.
  static let specs: [(String, Int, String)] = [
    ("wsd:cooldown=20Btokens", 500_000, "wsd:cooldown=40000steps"),
    ("wsd20:warmup=2e9tokens", 500_000, "wsd:cooldown=0.2,warmup=4000steps"),
    ("linear:warmup=1001tokens", 10, "linear:warmup=101steps"),
    ("cosine:period=3ktokens", 3, "cosine:period=1000steps"),
    (
      "twostage:at=8Mtokens,factor=0.5,cooldown=1Mtokens", 1000,
      "twostage:at=8000steps,factor=0.5,cooldown=1000steps"
    ),
    (
      "wsds:period=1TTOKENS,cooldown=1btokens", 1 << 20, "wsds:period=953675steps,cooldown=954steps"
    ),
  ]

  @Test(arguments: specs)
  func stepsAreRoundedUp(_ text: String, _ batch: Int, _ canonical: String) throws {
    let spec = try ScheduleSpec(text, batchTokens: batch)
    #expect(spec.canonical == canonical && spec.text == text)
    #expect(try ScheduleSpec(canonical) == spec)
    let error = #expect(throws: InputError.self) { try ScheduleSpec(text) }
    #expect(error?.description.contains("depends on the batch") == true)
  }

  /// At another batch with the same tokens a length in tokens is the same part of the run, up to a step.
  @Test(arguments: [1000, 4000, 7777, 64_000])
  func sameFraction(_ batch: Int) throws {
    let length = try RunLength(tokens: 64_000_000, batchTokens: batch)
    let steps = try #require(length.steps)
    let spec = try ScheduleSpec("wsd:cooldown=12Mtokens,warmup=3Mtokens", batchTokens: batch)
    let schedule = try spec.schedule(steps: steps)
    let plateau = try #require(schedule.stablePhase).steps
    let step = 1 / Double(steps)
    #expect(abs(Double(plateau.lowerBound - 1) * step - 3.0 / 64) <= 2 * step)
    #expect(abs(Double(steps - plateau.upperBound) * step - 12.0 / 64) <= 3 * step)
  }

  @Test(arguments: ["-1tokens", "1.5tokens", "tokens", "xtokens", "1e16tokens", "1e15tokens"])
  func refused(_ length: String) {
    #expect(throws: InputError.self) {
      try ScheduleSpec("wsd:cooldown=\(length)", batchTokens: 1)
    }
  }
}
