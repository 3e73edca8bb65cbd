import Foundation
import Glibc
import Runs
import Schedules
import Support
import TestSupport
import Testing

/// What every reader refuses or takes alike: all files are read in one place.
@Suite struct FileBytesTests {
  /// Every reader of a file, by name.
  static let readers: [(name: String, read: @Sendable (String) throws -> Void)] = [
    ("log", { _ = try RunLog(contentsOf: $0) }), ("sweep", { _ = try Sweep(contentsOf: $0) }),
    ("runs", { _ = try SweepFolder(contentsOf: [$0]) }),
    ("schedule", { _ = try Schedule(contentsOf: $0) }),
    ("norms", { _ = try gradientNorms(contentsOf: $0) }),
    (
      "curve",
      {
        var diagnostics: [Diagnostic] = []
        _ = try LossCurve(contentsOf: $0, diagnostics: &diagnostics)
      }
    ), ("configuration", { _ = try ParameterValue(contentsOf: $0) }),

  ]

  private func expect(_ path: String, _ piece: String) {
    for reader in Self.readers {
      let error = #expect(throws: InputError.self, "\(reader.name)") { try reader.read(path) }
      #expect(error?.subject == path, "\(reader.name)")
      #expect(error?.problem.contains(piece) == true, "\(reader.name): \(error?.problem ?? "")")
    }
  }

  /// The first bytes of a file, a piece of the problem.
  static let foreign: [([UInt8], String)] = [
    ([0x1F, 0x8B, 8, 0], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD, 4], "zstd"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"), (Array("BZh91AY&SY".utf8), "bzip2"),
    ([0x50, 0x4B, 3, 4], "ZIP"), (Array("PAR1\u{1}".utf8), "Parquet"),
    (Array("SQLite format 3\u{0}".utf8), "SQLite"), ([0xFF, 0xFE, 0x31, 0], "UTF-16"),
    ([0xFE, 0xFF, 0, 0x31], "UTF-16"),
    (Array("step,loss\n".utf16.flatMap { [UInt8($0), 0] }), "UTF-16"),
    (Array("step,loss\n".utf16.flatMap { [0, UInt8($0)] }), "UTF-16"),
  ]

  @Test(arguments: foreign)
  func foreignFiles(_ bytes: [UInt8], _ piece: String) throws {
    try expect(TemporaryFile(bytes, name: "a b.csv").path, piece)
  }

  /// The byte-order mark of UTF-8 is no part of the first column's name.
  @Test func byteOrderMark() throws {
    let log = try TemporaryFile("\u{FEFF}step,loss\n1,3\n")
    #expect(try RunLog(contentsOf: log.path).steps == [1])
    let lines = try TemporaryFile("\u{FEFF}{\"step\": 1, \"loss\": 3}\n")
    #expect(try RunLog(contentsOf: lines.path).format == .jsonLines)
    let sweep = try TemporaryFile("\u{FEFF}spec,steps,lr,loss\nlinear,9,1,3\n")
    #expect(try Sweep(contentsOf: sweep.path).runs.count == 1)
    let configuration = try TemporaryFile("\u{FEFF}{\"a\": 1}")
    #expect(try ParameterValue(contentsOf: configuration.path).value(at: "a") == .number(1))
  }

  @Test func devicesAndFolders() throws {
    expect("/dev/zero", "it is a device")
    let folder = LogReadingTests.folder(of: try TemporaryFile("x").path)
    for reader in Self.readers where reader.name != "runs" && reader.name != "log" {
      let error = #expect(throws: InputError.self) { try reader.read(folder) }
      #expect(error?.problem == "it is a directory")
    }
    #expect(throws: InputError.self) { try RunLog(contentsOf: "/dev/null") }
  }

  /// A file of 3 GiB that takes no space is refused before it is read.
  @Test func tooLarge() throws {
    let path = try TemporaryFile("").path
    #expect(truncate(path, 3 << 30) == 0)
    expect(path, "more than 2 GiB")
  }

  /// A pipe in a folder of runs has no writer: it is named and passed over.
  @Test(.timeLimit(.minutes(1)))
  func pipesInFolders() throws {
    let file = try TemporaryFile("spec,steps,lr,loss\nlinear,9,1,3\n")
    let folder = LogReadingTests.folder(of: file.path)
    #expect(mkfifo(folder + "/pipe.csv", 0o600) == 0)
    let read = try SweepFolder(contentsOf: [folder])
    #expect(read.sweep.runs.count == 1)
    #expect(read.unread.map(\.reason) == ["it is a pipe"])
    let run = try TemporaryFile("7 3 1\n", name: "meta.yaml")
    let metrics = LogReadingTests.folder(of: run.path) + "/metrics"
    #expect(mkdir(metrics, 0o700) == 0 && mkfifo(metrics + "/loss", 0o600) == 0)
    let error = #expect(throws: InputError.self) {
      try RunLog(contentsOf: LogReadingTests.folder(of: run.path))
    }
    #expect(error?.problem == "it is a pipe")
  }

  /// A header alone, and a quote that is never closed, are no answer to any reader of tables.
  @Test func headersAloneAndOpenQuotes() throws {
    let header = "spec,steps,step,base_lr,lr,final_loss,loss,grad_norm"
    let tables = Self.readers.filter { $0.name != "configuration" && $0.name != "calibration" }
    let alone = try TemporaryFile(header + "\n")
    let open = try TemporaryFile(header + "\nlinear,9,\"9,1,1,3,3,1\nlinear,9,9,1,1,3,3,1\n")
    for reader in tables {
      #expect(throws: InputError.self, "\(reader.name)") { try reader.read(alone.path) }
      let error = #expect(throws: InputError.self, "\(reader.name)") { try reader.read(open.path) }
      #expect(error?.line == 2 && error?.problem.contains("never closed") == true, "\(reader.name)")
    }
  }

  /// Columns and keys that stand twice are refused alike, and so is what JSON does not know.
  @Test func whatStandsTwice() throws {
    let row = "spec,steps,step,base_lr,lr,final_loss,loss,grad_norm"
    let tables = Self.readers.filter { $0.name != "configuration" && $0.name != "calibration" }
    for name in ["lr", "loss", "steps", "step", "GRAD_NORM"] {
      let file = try TemporaryFile("\(row),\(name)\nlinear,9,9,1,1,3,3,1,1\n")
      for reader in tables {
        let error = #expect(throws: InputError.self, "\(reader.name)") {
          try reader.read(file.path)
        }
        #expect(error?.problem == "two columns are called '\(name)'", "\(reader.name)")
      }
    }
    let keys = try TemporaryFile("{\"lr\": [1, 2],\n\"grad_norm\": [1, 2], \"lr\": [1, 2]}")
    let comma = try TemporaryFile("{\"lr\": [1, 2,],\n\"grad_norm\": [1, 2]}")
    for reader in Self.readers where !["sweep", "runs", "curve"].contains(reader.name) {
      let twice = #expect(throws: InputError.self) { try reader.read(keys.path) }
      #expect(twice?.line == (reader.name == "calibration" ? nil : 2), "\(reader.name)")
      #expect(throws: InputError.self, "\(reader.name)") { try reader.read(comma.path) }
    }
  }

  @Test func pathsInMessages() {
    func shown(_ path: String) -> String {
      String(InputError(path: path, problem: "p", hint: "r").description.dropLast(6))
    }
    #expect(shown("runs/a-1.csv") == "runs/a-1.csv" && shown("-") == "standard input")
    #expect(shown("my runs/it's.csv") == "'my runs/it'\\''s.csv'" && shown("") == "''")
  }
}
