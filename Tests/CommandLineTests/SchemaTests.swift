import Foundation
import TestSupport
import Testing

@testable import lrbound

/// Every command's JSON is what its published schema says.
@Suite struct SchemaTests {
  /// Commands whose output is checked with the invocations of ``OptionEffectTests``.
  static let checked = [
    "bound", "tune", "robustness", "schedule", "check", "transfer", "extend", "model loss",
    "model optimal", "model compare", "model batch", "model scaling", "model transfer",
    "model horizon",
  ]

  @Test(arguments: sampled(checked))
  func outputMatches(_ name: String) throws {
    let arguments = try #require(OptionEffectTests.bases[name])
    // What --explain adds to the text is always part of the JSON.
    try check(name, arguments.filter { $0 != "--explain" })
  }

  /// Reports whose members depend on what is asked.
  @Test(
    arguments: sampled([
      ["bound", "wsd20", "--steps", "50", "--curve"], ["tune", "cosine", "--steps", "100"],
      ["schedule", "wsd20", "--steps", "50", "--export", "torch"],
      ["extend", "--schedule", "wsd20", "--steps", "300", "--to-steps", "600,900", "--lr", "1e-3"],
      ["schedule", "linear", "--dialect", "hf", "--steps", "50", "--lr", "1e-3"],
    ]))
  func variantsMatch(_ arguments: [String]) throws {
    try check(arguments[0], Array(arguments.dropFirst()))
  }

  @Test func runsOfUsers() throws {
    let rows = [1000, 4000].flatMap { steps in
      ["wsd20", "linear"].flatMap { spec in
        [(5e-4, 3.05), (1e-3, 3.0), (2e-3, 3.04)].map { "\(spec),\(steps),\($0.0),\($0.1)" }
      }
    }
    let sweep = try TemporaryFile(
      "spec,steps,base_lr,final_loss\n" + rows.joined(separator: "\n"), name: "sweep.csv")
    try check("fit", [sweep.path])
    try check("evaluate", [sweep.path])
    let tuned = try TemporaryFile(
      "model,steps,batch_tokens,tuned_lr,curvature\na,1000,64,1e-3,0.1\na,2000,64,9e-4,\n",
      name: "tuned.csv")
    try check("evaluate", [tuned.path])
    try check(
      "check", ["--schedule", "wsd20", "--steps", "1000", "--lr", "2e-3", "--sweep", sweep.path])
    try check(
      "transfer",
      [
        "--from", "wsd20", "--to", "linear", "--sweep", sweep.path, "--steps", "1000",
        "--no-cross-check",
      ])
    let log = try TemporaryFile("step,lr,loss,grad_norm\n1,1e-3,3,2\n2,5e-4,2,1\n", name: "log.csv")
    try check("log", [log.path])
    try check("refine", [log.path])
    try check("check", ["--schedule", "linear", "--steps", "2", "--lr", "1e-3", "--log", log.path])
  }

  @Test func unknownCommand() throws {
    let run = try CommandRun(["schema", "transfr"])
    #expect(run.code == 2 && run.errors.contains("did you mean transfer?"))
  }

  private func check(_ name: String, _ arguments: [String]) throws {
    let words = name.split(separator: " ").map(String.init)
    let run = try CommandRun(words + arguments + ["--json"])
    let schema = try CommandRun(["schema"] + words).json()
    var faults: [String] = []
    Self.compare(try run.json(), with: schema, at: name, &faults)
    #expect(faults.isEmpty)
  }

  /// Lists where a value is not what a schema says, unknown members included.
  private static func compare(
    _ value: Any, with schema: [String: Any], at place: String, _ faults: inout [String]
  ) {
    switch (schema["type"] as? String, value) {
    case ("object"?, let members as [String: Any]):
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      for name in schema["required"] as? [String] ?? [] where members[name] == nil {
        faults.append("\(place).\(name) is missing")
      }
      for (name, member) in members {
        guard let known = properties[name] else {
          // Without properties the names are the user's.
          if !properties.isEmpty { faults.append("\(place).\(name) is not in the schema") }
          continue
        }
        compare(member, with: known, at: "\(place).\(name)", &faults)
      }
    case ("array"?, let elements as [Any]):
      guard let items = schema["items"] as? [String: Any] else { return }
      for element in elements { compare(element, with: items, at: place + "[]", &faults) }
    case ("string"?, let text as String):
      if let values = schema["enum"] as? [String], !values.contains(text) {
        faults.append("\(place) is \(text)")
      }
    case ("boolean"?, is Bool), ("number"?, is NSNumber): break
    case ("integer"?, let number as NSNumber)
    where number.doubleValue.rounded() == number.doubleValue:
      break
    default: faults.append("\(place) is not of type \(schema["type"] ?? "?")")
    }
  }
}
