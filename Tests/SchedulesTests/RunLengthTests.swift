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
