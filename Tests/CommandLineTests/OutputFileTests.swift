import Foundation
import TestSupport
import Testing

/// No file that is read, or written besides, is overwritten; no report goes into a file that happens to be open.
@Suite struct OutputFileTests {
  private static let sweep = """
    spec,steps,lr,loss
    linear,99,1,3
    linear,99,2,2.9
    linear,99,4,3.1
    wsd20,99,1,3.05
    wsd20,99,2,2.95
    wsd20,99,4,3.2

    """

  private func folder() throws -> String {
    (try TemporaryFile("", name: "x").path as NSString).deletingLastPathComponent
  }

  private func refuse(_ arguments: [String], _ pieces: [String]) throws {
    let run = try CommandRun(arguments)
    #expect(run.code == 2 && run.output.isEmpty, "\(arguments): \(run.errors)")
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  @Test(.enabled(if: isHeavy)) func anInputIsKept() throws {
    let folder = try folder()
    let input = folder + "/s1.csv"
    try Self.sweep.write(toFile: input, atomically: true, encoding: .utf8)
    let manager = FileManager.default
    try manager.linkItem(atPath: input, toPath: folder + "/hard.csv")
    try manager.createSymbolicLink(atPath: folder + "/soft.csv", withDestinationPath: input)
    for name in ["s1.csv", "./s1.csv", "hard.csv", "soft.csv", "../\(lastName(folder))/s1.csv"] {
      try refuse(
        ["fit", input, "--calibration-out", folder + "/" + name],
        ["--calibration-out", name, "also the input"])
    }
    try refuse(
      ["fit", folder, "--calibration-out=" + input], ["--calibration-out", "is in the input"])
    #expect(try String(contentsOfFile: input, encoding: .utf8) == Self.sweep)

    // Pictures of an earlier run may stand beside what is read.
    let picture = folder + "/a.svg"
    for _ in 0..<2 {
      let run = try CommandRun(["fit", input, "--plot", picture])
      #expect(run.code == 0, "\(run.errors)")
    }
  }

  @Test func aScheduleIsKept() throws {
    let file = try TemporaryFile("1\n1\n0.5\n", name: "a.svg").path
    let schedule = ["schedule", "@" + file, "--plot", file]
    try refuse(schedule, ["--plot", "also the input"])
    let norms = ["bound", "linear", "--steps", "3", "--gradient-norm", file, "--plot", file]
    try refuse(norms, ["--plot", "also the input"])
    try refuse(
      ["transfer", "--from", "@" + file, "--to", "linear", "--steps", "3", "--plot", file],
      ["--plot", "also the input"])
    try refuse(
      ["fit", "--curves", "x.csv,\(file)", "--plot", file], ["--plot", "also the input"])
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "1\n1\n0.5\n")
  }

  @Test func twoOutputs() throws {
    let folder = try folder()
    let extend = ["extend", "--schedule", "wsd20", "--steps", "100", "--to-steps", "200"]
    try refuse(
      extend + ["--schedule-out", folder + "/same.svg", "--plot", folder + "/./same.svg"],
      ["also --schedule-out", "another file"])
    #expect(!FileManager.default.fileExists(atPath: folder + "/same.svg"))
  }

  /// With no standard streams open, what is opened next would take the report.
  @Test func closedStreams() throws {
    let state = try folder() + "/state"
    let script =
      "exec 0<&- 1>&- 2>&-; exec '\(CommandRun.executable)' search con --shapes 2 --steps 5 --state '\(state)'"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: state) {
      let text = try String(contentsOfFile: state + "/" + name, encoding: .utf8)
      #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("{") }, "\(name): \(text)")
    }
  }

  private func lastName(_ path: String) -> String { (path as NSString).lastPathComponent }
}
