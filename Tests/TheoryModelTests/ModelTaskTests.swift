import TestSupport
import Testing
import TheoryModel

@Suite struct ModelTaskTests {
  @Test func keepsWhatItIsGiven() throws {
    let task = try ModelTask(taskExponent: 3, spectrumExponent: 1.5, labelNoise: 0.5, batch: 4)
    #expect(task.taskExponent == 3 && task.spectrumExponent == 1.5)
    #expect(task.labelNoise == 0.5 && task.batch == 4)
    #expect(relativeError(task.sourceExponent, 4.0 / 3) < 1e-15)
  }

  static let refused: [(Double, Double, Double, Double, String)] = [
    (1, 2, 0, 1, "a = 1.0"), (.nan, 2, 0, 1, "a = nan"), (.infinity, 2, 0, 1, "a = inf"),
    (2, 1, 0, 1, "b = 1.0"), (2, -3, 0, 1, "b = -3.0"), (2, 2, -0.1, 1, "label noise -0.1"),
    (2, 2, .nan, 1, "label noise nan"), (2, 2, .infinity, 1, "label noise inf"),
    (2, 2, 1, 0, "batch 0.0"), (2, 2, 1, 0.5, "batch 0.5"), (2, 2, 1, .nan, "batch nan"),
  ]

  @Test(arguments: refused)
  func refuses(_ a: Double, _ b: Double, _ noise: Double, _ batch: Double, _ piece: String) {
    let error = #expect(throws: ModelTaskError.self) {
      try ModelTask(taskExponent: a, spectrumExponent: b, labelNoise: noise, batch: batch)
    }
    #expect(error?.description.contains(piece) == true)
    #expect(error?.description.contains("give") == true)
  }
}
