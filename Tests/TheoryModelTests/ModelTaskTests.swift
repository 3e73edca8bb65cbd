import Support
import TestSupport
import Testing
import TheoryModel

@Suite struct ModelTaskTests {
  @Test func keepsWhatItIsGiven() throws {
    let task = try ModelTask(
      taskExponent: 3, spectrumExponent: 1.5, noise: .variance(0.5), batch: 4)
    #expect(task.taskExponent == 3 && task.spectrumExponent == 1.5)
    #expect(task.labelNoise == 0.5 && task.batch == 4)
    #expect(relativeError(task.sourceExponent, 4.0 / 3) < 1e-15)
  }

  static let refused: [(Double, Double, ModelTask.Noise, Double, String)] = [
    (1, 2, .variance(0), 1, "a = 1:"), (.nan, 2, .variance(0), 1, "a = nan"),
    (.infinity, 2, .variance(0), 1, "a = inf"), (2, 1, .variance(0), 1, "b = 1:"),
    (2, -3, .variance(0), 1, "b = -3:"), (2, 2, .variance(-0.1), 1, "label noise -0.1 "),
    (2, 2, .variance(.nan), 1, "label noise nan"), (2, 2, .variance(.infinity), 1, "noise inf"),
    (2, 2, .relative(-0.1), 1, "label noise -10%"), (2, 2, .relative(1001), 1, "noise 100100%"),
    (2, 2, .relative(.nan), 1, "label noise nan%"), (2, 2, .variance(1), 0, "batch 0 "),
    (2, 2, .variance(1), 0.5, "batch 0.5"), (2, 2, .variance(1), .nan, "batch nan"),
  ]

  @Test(arguments: refused)
  func refuses(
    _ a: Double, _ b: Double, _ noise: ModelTask.Noise, _ batch: Double, _ piece: String
  ) {
    let error = #expect(throws: InputError.self) {
      try ModelTask(taskExponent: a, spectrumExponent: b, noise: noise, batch: batch)
    }
    #expect(error?.description.contains(piece) == true)
    #expect(error?.description.contains("give") == true)
  }

  @Test func readsTexts() throws {
    let plain = try ModelTask("3,1.5,.1")
    #expect(plain.taskExponent == 3 && plain.spectrumExponent == 1.5 && plain.batch == 1)
    #expect(plain.noise == .variance(0.1) && plain.name == "3,1.5,.1")
    for (text, fraction) in [("10%", 0.1), ("0.1%", 0.001), ("3%", 0.03), ("1e1%", 0.1)] {
      let task = try ModelTask("1.8,1.4,\(text),8")
      #expect(task.noise == .relative(fraction) && task.batch == 8, "\(text)")
    }
    let built = try ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .relative(0.1))
    #expect(built.name == "3,1.5,10%,1")
    #expect(try ModelTask(built.name) == built)
  }

  @Test(arguments: [
    ("", "missing"), ("3,1.5", "2 numbers"), ("3,1.5,1,1,1", "5 numbers"), ("3,,1", "missing"),
    ("3,1.5,1,", "missing"), ("3,x,1", "'x' is not a number"), ("3,1.5,0x1", "not a number"),
    ("3,1.5,%", "not a number"), ("3,1.5,1%%", "not a number"), ("3 ,1.5,1", "not a number"),
    ("3,1.5,inf", "not a number"), ("1,1.5,1", "a = 1:"), ("3,1.5,-5%", "0% to 100000%"),
  ])
  func refusesTexts(_ text: String, _ piece: String) {
    let error = #expect(throws: InputError.self) { try ModelTask(text) }
    #expect(error?.subject == "task '\(text)'")
    #expect(error?.description.contains(piece) == true, "\(String(describing: error))")
  }

  /// A fraction of the excess loss of the features at hand; of infinitely many for the task itself.
  @Test func relativeNoise() throws {
    let task = try ModelTask("2,1.5,50%,1")
    let model = try FeatureModel(task: task, features: 100)
    #expect(model.labelNoise == 0.5 * model.initialExcess && model.noise == model.labelNoise)
    #expect(relativeError(task.labelNoise, Double.pi * Double.pi / 12) < 1e-15)
    #expect(relativeError(try ModelTask("2,1.5,1").relativeNoise, 6 / (.pi * .pi)) < 1e-15)
  }
}
