import Foundation
import Runs
import Support
import TestSupport
import Testing

/// Small logs of text: what is found in them, and what is mended.
@Suite struct LogReadingTests {
  static func log(_ text: String, options: LogOptions = LogOptions()) throws -> RunLog {
    try RunLog(bytes: Array(text.utf8), path: "log", options: options)
  }

  /// Text, format, steps and values of the loss, codes and counts of what was mended.
  static let losses: [(String, LogFormat, [Int], [Double], [String])] = [
    ("step,loss\n1,3\n2,2.5\n", .csv, [1, 2], [3, 2.5], []),
    ("Step;Train/Loss\r\n1;3\r\n2;2\r\n", .csv, [1, 2], [3, 2], []),
    ("\"trainer/global_step\",\"run-1 - train/loss\"\n\"1\",\"3\"\n", .csv, [1], [3], []),
    ("step\tlm loss\n10\t3\n20\t2\n", .csv, [10, 20], [3, 2], []),
    ("epoch,loss\n0,3\n0,2\n", .csv, [1, 2], [3, 2], ["counted-steps 2"]),
    ("step,loss\n2,2\n1,3\n", .csv, [1, 2], [3, 2], ["unsorted-steps 1"]),
    ("step,loss\n1,3\n1,2\n", .csv, [1], [2], ["repeated-steps 1"]),
    (
      "step,loss\n1,9\n2,8\n3,7\n2,2\n3,1\n4,0.5\n", .csv, [1, 2, 3, 4], [9, 2, 1, 0.5],
      ["resumed 1", "repeated-steps 2"]
    ),
    ("step,loss\n1,3\n2,x\n3,1\n", .csv, [1, 3], [3, 1], ["unreadable-values 1"]),
    ("step,loss\n1,3\n2,\n3,None\n4,1\n", .csv, [1, 4], [3, 1], []),
    ("step,loss\n1,3\n,2\n-1,2\n1.5,2\n1e300,2\n", .csv, [1], [3], ["unusable-steps 4"]),
    ("step,loss,lr\n1,3,1\n2,2,1\n3,", .csv, [1, 2], [3, 2], ["unfinished-records 1"]),
    ("step,loss,note\n1,3\n2,2", .csv, [1, 2], [3, 2], ["unterminated-line 1"]),
    ("step,loss\n1,3\n2,2", .csv, [1, 2], [3, 2], ["unterminated-line 1"]),
    ("step,loss\n1,3\n2,\"2", .csv, [1], [3], ["unfinished-records 1"]),
    ("step,loss\n1,3\n2,nan\n", .csv, [1, 2], [3, .nan], ["diverged-losses 1"]),
    ("step,loss\n1,3\n2,-inf\n", .csv, [1, 2], [3, -.infinity], ["diverged-losses 1"]),
    ("step,loss\n1,3\n1,nan\n1,2\n", .csv, [1], [2], ["repeated-steps 2"]),
    ("step,loss,lr\n1,3,-1\n2,2,nan\n", .csv, [1, 2], [3, 2], ["unusable-values 2"]),
    (
      "{\"step\": 1, \"loss\": 3}\n{\"step\": 2, \"loss\": NaN}\n", .jsonLines, [1, 2], [3, .nan],
      ["diverged-losses 1"]
    ),
    (
      "{\"step\": 1, \"loss\": 3}\nhello\n{\"step\": 2, \"loss\": \"2\"}\n", .jsonLines, [1, 2],
      [3, 2], ["unreadable-lines 1"]
    ),
    (
      "{\"step\": 1, \"loss\": 3}\r\n\r\n{\"step\": 2, \"loss\": 2.", .jsonLines, [1], [3],
      ["unfinished-records 1"]
    ),
    ("{\"iter\": 7, \"train/loss\": 3, \"x\": [1, {\"y\": \"\\\"\"}]}", .jsonLines, [7], [3], []),
    ("[{\"_step\": 0, \"loss\": 3}, {\"_step\": 1, \"loss\": null}, 7]", .json, [0], [3], []),
    ("[{\"step\": 1, \"loss\": 3}, {\"step\": 2, \"lo", .json, [1], [3], ["unfinished-records 1"]),
    ("{\"step\": [1, 2], \"loss\": [3, 2], \"name\": \"x\"}", .json, [1, 2], [3, 2], []),
    ("{\"step\": [1], \"loss\": [3, 2]}", .json, [1], [3], ["unusable-steps 1"]),
    (
      "{\"global_step\": 2, \"log_history\": [{\"loss\": 3, \"step\": 1}, {\"loss\": Infinity, \"step\": 2}, {\"train_loss\": 9, \"step\": 2}]}",
      .trainerState, [1, 2], [3, .infinity], ["diverged-losses 1"]
    ),
    (
      "{\"best\": null, \"log_history\": [{\"loss\": 3, \"step\": 1}, {\"loss\": 2.5,",
      .trainerState,
      [1], [3], ["unfinished-records 1", "unusable-steps 1"]
    ),
    (
      "{\"history\": {\"train\": {\"iter\": [100, 50, 100], \"train_loss\": [3, 4, 2]}}}", .epfml,
      [50, 100], [4, 2], ["resumed 1", "repeated-steps 1"]
    ),
    (
      "{\"history\": {\"train\": {\"iter\": [1, 2], \"train_loss\": [3, 2", .epfml, [1], [3],
      ["unfinished-records 1", "unequal-lengths 1"]
    ),
    (
      "hello\n[r0] iteration 10/ 20 | learning rate: 1.0E-03 | lm loss: 3.0E+00 | grad norm: 0.5 |\n iteration 20/ 20 | lm loss: 2.0E+00 | loss sca",
      .megatron, [10, 20], [3, 2], []
    ),
    (
      " iteration 10/ 20 | lm loss: 3.0E+00 |\n iteration 20/ 20 | lm loss: 2.0E+", .megatron, [10],
      [3], ["unfinished-records 1"]
    ),
    (
      " iteration 1/ 2 | lm loss: 3 |\n iteration 2/ 2 | number of nan iterations: 1 |\n",
      .megatron,
      [1, 2], [3, .nan], ["diverged-losses 1"]
    ),
  ]

  @Test(arguments: losses)
  func reads(
    _ text: String, _ format: LogFormat, _ steps: [Int], _ values: [Double], _ mended: [String]
  ) throws {
    let log = try Self.log(text)
    #expect(log.format == format)
    let loss = try #require(log.loss)
    #expect(loss.steps == steps)
    #expect(
      zip(loss.values, values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(loss.values)")
    #expect(log.repairs.map { "\($0.kind.rawValue) \($0.count)" } == mended)
    #expect(log.repairs.allSatisfy { !$0.message.contains("\n") })
    // The same file, read in the format that was recognised.
    #expect(try Self.log(text, options: LogOptions(format: format)).loss?.steps == steps)
  }

  /// Text, options, line, pieces of the message.
  static let bad: [(String, LogOptions, Int?, [String])] = [
    ("", LogOptions(), nil, ["it is empty"]), (" \n\n", LogOptions(), nil, ["it is empty"]),
    (
      "a,b\n1,2\n", LogOptions(), nil,
      ["'a, b'", "a loss, a learning rate or a gradient norm; name it"]
    ),
    ("step,a\n1,2\n", LogOptions(), nil, ["'step, a'", "name it"]),
    ("step,loss\n", LogOptions(), nil, ["no record holds a number in loss"]),
    ("step,loss\n1,x\n", LogOptions(), nil, ["no record holds a number in loss"]),
    ("step,lr\n1,-1\n", LogOptions(), nil, ["no record holds a number in lr"]),
    ("1,2\n3,4\n", LogOptions(), 1, ["have no names", "step,lr,loss"]),
    (
      "step,loss\n1,2\n", LogOptions(columns: [.loss: "los"]), nil,
      ["'los'", "did you mean 'loss'"]
    ),
    (
      "step,loss\n1,2\n", LogOptions(columns: [.learningRate: "eta"]), nil, ["'eta'", "step, loss"]
    ),
    ("{\"a\": 1}\n", LogOptions(), nil, ["'a'"]),
    ("{\"a\" 1}\n", LogOptions(), nil, ["JSON object"]),
    ("[1, 2]", LogOptions(), nil, ["no records"]),
    ("{\"log_history\": []}", LogOptions(), nil, ["log_history"]),
    ("[{\"step\": 1,\n\"loss\" 3}]", LogOptions(format: .json), 2, ["not valid JSON"]),
    ("{\"history\": {\"train\": {}}}", LogOptions(), nil, ["no column"]),
    ("step,loss\n1,2\n", LogOptions(format: .tensorBoard), nil, ["no undamaged record"]),
    ("step,loss\n1,2\n", LogOptions(format: .wandb), nil, ["does not begin"]),
    ("step,loss\n1,2\n", LogOptions(format: .megatron), nil, ["iteration N/ M"]),
    ("step,loss\n1,2\n", LogOptions(format: .mlflow), nil, ["folder"]),
    ("step,loss\n1,2\n", LogOptions(format: .epfml), 1, ["JSON"]),
    ("step,loss\n1,3\n2,\"2\n3,1\n", LogOptions(), 3, ["quote opens", "never closed"]),
    ("step,loss\n1,3\n2,\"2\"0\n3,1\n", LogOptions(), 3, ["follows a closing quote"]),
    ("step,Loss,loss\n1,3,2\n", LogOptions(), 1, ["two columns", "'loss'"]),
    ("{\"step\": 1}\n{\"loss\": 1,\"loss\": 2}\n", LogOptions(), 2, ["'loss' stands twice"]),
    ("[{\"step\": 1,\n\"loss\": 3, \"loss\": 2}]", LogOptions(), 2, ["'loss' stands twice"]),
    ("[{\"step\": 1, \"loss\": 3},]", LogOptions(format: .json), 1, ["not valid JSON"]),
    ("[{\"step\": 1, \"loss\": 3}]\n[]", LogOptions(format: .json), 1, ["not valid JSON"]),
    ("a\u{0}b", LogOptions(), nil, ["neither text"]),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ options: LogOptions, _ line: Int?, _ pieces: [String]) {
    let error = #expect(throws: InputError.self) { try Self.log(text, options: options) }
    #expect(error?.line == line)
    for piece in pieces {
      #expect(error?.description.contains(piece) == true, "\(error?.description ?? "")")
    }
    #expect(error?.description.contains("\n") == false)
  }

  @Test func columnsByName() throws {
    let text = "t,a,b,c,d,e\n1,2,3,4,5,6\n"
    let options = LogOptions(columns: [
      .step: "t", .loss: "A", .validationLoss: "b", .finalValidationLoss: "c", .learningRate: "d",
      .gradientNorm: "e",
    ])
    let log = try Self.log(text, options: options)
    #expect(log.columns[.loss] == "a" && log.loss?.values == [2] && log.steps == [1])
    #expect(
      log.series[.validationLoss]?.values == [3] && log.series[.finalValidationLoss]?.values == [4])
    #expect(log.learningRate?.values == [5] && log.gradientNorm?.values == [6])
    #expect(log.finalLoss == 4 && log.finalLossQuantity == .finalValidationLoss)
  }

  /// One column may serve for two quantities.
  @Test func oneColumnTwice() throws {
    let options = LogOptions(columns: [.loss: "a", .validationLoss: "a"])
    let log = try Self.log("step,a\n1,3\n2,2\n", options: options)
    #expect(
      log.loss?.values == [3, 2] && log.loss == log.series[.validationLoss] && log.repairs.isEmpty)
  }

  @Test func severalOptimisers() throws {
    let log = try Self.log("step,lr-Muon,lr-AdamW,lr-AdamW-momentum\n1,3,2,0.9\n")
    #expect(log.learningRate?.values == [3])
    #expect(log.repairs.map(\.kind) == [.severalLearningRates])
    #expect(log.repairs.first?.columns == ["lr-Muon", "lr-AdamW"])
    let chosen = try Self.log(
      "step,lr-Muon,lr-AdamW\n1,3,2\n", options: LogOptions(columns: [.learningRate: "lr-AdamW"]))
    #expect(chosen.learningRate?.values == [2] && chosen.repairs.isEmpty)
  }

  /// Columns, values at two steps, and whether it matters which of them is taken.
  @Test(arguments: [
    ("lr_group0,lr_group1", "2,1", "1,0.5", true), ("lr_group0,lr_group1", "2,2", "1,1", true),
    ("lr-Adam/pg1,lr-Adam/pg2", "2,1", "1,1", false),
    ("learning_rate_0,learning_rate_1", "2,1", "1,0", false),
    ("lr,lr_group1", "2,1", "1,1", false), ("lr,lr_group1", "2,0", "1,0", true),
    ("optim/learning_rate_group0,optim/learning_rate_group1", "2,1", "1,1", false),
    ("run-1 - train/lr,run-2 - train/lr", "2,1", "1,1", false),
    ("lr,learning_rate", "2,", "1,", true), ("lr,lr_muon", "2,40", "1,20", true),
    ("lr,lr_muon", "2,40", "1,40", false),
  ])
  func parameterGroups(_ names: String, _ first: String, _ second: String, _ isSame: Bool) throws {
    let text = "step,\(names)\n1,\(first)\n2,\(second)\n"
    let names = names.split(separator: ",").map(String.init)
    if isSame {
      let log = try Self.log(text)
      #expect(log.columns[.learningRate] == names[0] && log.learningRate?.values == [2, 1])
      let kinds = log.repairs.map(\.kind)
      #expect(first.hasSuffix(",") ? kinds.isEmpty : kinds == [.severalLearningRates])
    } else {
      var options = LogOptions()
      options.columnOptions = [.learningRate: "--rate-column"]
      let error = #expect(throws: InputError.self) { try Self.log(text, options: options) }
      for piece in names + ["with --rate-column"] {
        #expect(error?.description.contains(piece) == true)
      }
      let chosen = try Self.log(text, options: LogOptions(columns: [.learningRate: names[1]]))
      #expect(chosen.columns[.learningRate] == names[1] && chosen.repairs.isEmpty)
    }
  }

  /// A count of updates is taken before the logger's own count.
  @Test func theCountOfUpdates() throws {
    let log = try Self.log("_step,train/global_step,loss\n0,10,3\n1,20,2\n")
    #expect(log.steps == [10, 20] && log.columns[.step] == nil)
  }

  @Test func sparseRowsMakeOneTable() throws {
    let log = try Self.log("step,lr,loss,val_loss\n1,,3,\n1,0.5,,\n2,0.25,,\n2,,2,2.5\n")
    #expect(log.repairs.isEmpty)
    let table = LogTable(of: log)
    #expect(table.steps == [1, 2] && table.quantities == [.learningRate, .loss, .validationLoss])
    #expect(table.columns == [[0.5, 0.25], [3, 2], [nil, 2.5]])
  }

  /// A history of 500 rows at random steps is what W&B gives for a sample.
  @Test func sampledHistories() throws {
    var generator = SplitMix64(seed: 5)
    let steps = Set(0..<20_000).shuffled(using: &generator).prefix(500).sorted()
    let rows = steps.map { "\($0),3" }.joined(separator: "\n")
    let log = try Self.log("_step,loss\n\(rows)\n")
    #expect(log.repairs.map(\.kind) == [.sampledRows])
    let even = (0..<500).map { "\($0 * 10),3" }.joined(separator: "\n")
    #expect(try Self.log("_step,loss\n\(even)\n").repairs.isEmpty)
  }

  /// The folder of a file.
  static func folder(of path: String) -> String {
    path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  @Test func halfWrittenMetricsOfMLflow() throws {
    let file = try TemporaryFile("7 3 1\n7 x 2\n7 2 3\n\n7 1", name: "meta.yaml")
    let run = Self.folder(of: file.path)
    try FileManager.default.createDirectory(
      atPath: run + "/metrics/train", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: file.path, toPath: run + "/metrics/train/loss")
    let log = try RunLog(contentsOf: run)
    #expect(log.format == .mlflow && log.columns[.loss] == "train/loss")
    #expect(log.loss?.steps == [1, 3] && log.loss?.values == [3, 2])
    #expect(log.repairs.map(\.kind) == [.unreadableLines, .unfinishedRecords])
    try "7 2.5\n8 2\n".write(
      toFile: run + "/metrics/val_loss", atomically: false, encoding: .utf8)
    // Metrics of the oldest versions have no steps.
    #expect(try RunLog(contentsOf: run).series[.validationLoss]?.steps == [1, 2])
  }

  @Test func aFolderWithTwoLogs() throws {
    let file = try TemporaryFile("step,loss\n1,2\n", name: "metrics.csv")
    let folder = Self.folder(of: file.path)
    try FileManager.default.copyItem(atPath: file.path, toPath: folder + "/trainer_state.json")
    let error = #expect(throws: InputError.self) { try RunLog(contentsOf: folder) }
    #expect(error?.problem.contains("it holds 2 logs") == true)
  }

  /// Names from a file do not break a message into lines.
  @Test func namesInMessages() throws {
    let log = try Self.log("step,\"lr-a\nb\",lr-c\n1,2,3\n")
    #expect(log.repairs.count == 1 && log.repairs.allSatisfy { !$0.message.contains("\n") })
    let error = #expect(throws: InputError.self) { try Self.log("step,\"lr-a\nb\"\n1,x\n") }
    #expect(error?.description.contains("\n") == false)
  }

  @Test func missingFilesAndFolders() throws {
    let missing = #expect(throws: InputError.self) { try RunLog(contentsOf: "/no/such/log") }
    #expect(missing?.problem == "there is no such file")
    let file = try TemporaryFile("step,loss\n1,2\n", name: "metrics.csv")
    #expect(try RunLog(contentsOf: Self.folder(of: file.path)).loss?.values == [2])
    let other = try TemporaryFile("x", name: "x.txt")
    let error = #expect(throws: InputError.self) {
      try RunLog(contentsOf: Self.folder(of: other.path))
    }
    #expect(error?.problem == "it is a folder without a log")
  }
}
