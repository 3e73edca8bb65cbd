import Schedules
import Support
import Testing

@Suite struct ScheduleValueTests {
  @Test func valuesAreDividedByTheirLargest() throws {
    let schedule = try Schedule(values: [1e-3, 2e-3, 5e-4])
    #expect(schedule.multipliers == [0.5, 1, 0.25])
    #expect(schedule.peak == 2e-3)
  }

  @Test(
    arguments: [
      ([], nil), ([0, 0], nil), ([1, -1], 1), ([1, .nan], 1), ([.infinity], 0),
    ] as [([Double], Int?)])
  func refusesWhatIsNoSchedule(_ values: [Double], _ index: Int?) {
    let error = #expect(throws: InputError.self) { try Schedule(values: values) }
    let place = index.map { "value \($0 + 1) is" } ?? ""
    #expect(error?.problem.hasPrefix(place) == true, "\(error?.problem ?? "")")
  }

  @Test func trailingZeros() throws {
    #expect(try Schedule(values: [1, 0.5, 0, 0]).trailingZeros == 2)
    #expect(try Schedule(values: [1, 0, 0.5, 1e-200]).trailingZeros == 1)
    #expect(try Schedule(values: [1, 0.5]).trailingZeros == 0)
    let long = [1.0] + [Double](repeating: 0, count: 10_000)
    #expect(try Schedule(values: long).trailingZeros == 10_000)
  }
}
