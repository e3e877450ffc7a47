using FastTrainLog.Analysis;
using Xunit;

namespace FastTrainLog.Tool.Tests.Analysis;

public sealed class AnomalyTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly Random _random = new(1);

    [Fact]
    public void A_spike_of_the_loss_and_one_of_the_norm_are_found_at_their_steps()
    {
        AnomalyFigures anomalies = Analyze(step => Noisy(2.0 * Math.Exp(-step / 150.0)) * (step == 300 ? 5.0 : 1.0), norm: step => Noisy(2.0) * (step is 350 or 351 ? 9.0 : 1.0));

        Anomaly loss = Assert.Single(anomalies.Found, anomaly => anomaly.Kind == "loss_spike");
        Assert.Equal((300, 300), (loss.Step, loss.LastStep));
        Assert.True(loss.Size > 10.0);
        Assert.Single(anomalies.Found, anomaly => anomaly.Kind == "norm_spike");
        Assert.Equal(2, anomalies.Count);
    }

    [Fact]
    public void A_run_that_learns_with_noise_has_no_anomaly()
    {
        Assert.Equal(0, Analyze(step => Noisy(2.0 * Math.Exp(-step / 150.0))).Count);
    }

    [Fact]
    public void Losses_that_are_not_finite_are_found_from_the_first_to_the_last()
    {
        AnomalyFigures anomalies = Analyze(step => step is >= 210 and < 215 ? double.NaN : step == 300 ? double.PositiveInfinity : Noisy(2.0 * Math.Exp(-step / 150.0)));

        Assert.Equal([(210L, 214L, 5.0), (300L, 300L, 1.0)], anomalies.Found.Select(anomaly => (anomaly.Step, anomaly.LastStep, anomaly.Size)));
        Assert.Equal(2, anomalies.Counts["non_finite_loss"]);
    }

    [Fact]
    public void A_loss_that_does_not_fall_any_more_is_a_plateau()
    {
        AnomalyFigures anomalies = Analyze(step => step < 200 ? Noisy(2.0 - (step * 0.005)) : 1.0);

        Anomaly plateau = Assert.Single(anomalies.Found);
        Assert.Equal("plateau", plateau.Kind);
        Assert.InRange(plateau.Step, 200, 700);
        Assert.Equal(1000, plateau.LastStep);
    }

    [Fact]
    public void A_loss_that_rises_again_is_a_divergence()
    {
        AnomalyFigures anomalies = Analyze(step => Noisy(step < 500 ? 2.0 * Math.Exp(-step / 200.0) : 0.16 + ((step - 500) * 0.004)));

        Anomaly divergence = Assert.Single(anomalies.Found, anomaly => anomaly.Kind == "divergence");
        Assert.InRange(divergence.Step, 500, 700);
        Assert.Equal(1000, divergence.LastStep);
        Assert.True(divergence.Size > 5.0);
    }

    [Fact]
    public void A_gap_between_steps_is_a_stall_unless_a_logged_operation_filled_it()
    {
        var run = new RunLines("a");
        run.Start();
        for (int step = 1; step <= 1000; step++)
        {
            if (step == 400)
            {
                run.Operation("validation", 45.0);
            }

            run.Step(step, Noisy(2.0 * Math.Exp(-step / 150.0)), step == 700 ? 20.0 : 0.1);
        }

        _log.With("run.jsonl", run.Lines);

        Anomaly stall = Assert.Single(_log.Analyze().Anomalies.Found);
        Assert.Equal(("stall", 700L), (stall.Kind, stall.Step));
        Assert.Equal(20.0, stall.Size, 3);
    }

    public void Dispose() => _log.Dispose();

    private AnomalyFigures Analyze(Func<int, double> loss, Func<int, double>? norm = null)
    {
        var run = new RunLines("a", 1000);
        run.Start();
        for (int step = 1; step <= 1000; step++)
        {
            run.Step(step, loss(step), norm: norm?.Invoke(step) ?? 1.0);
        }

        _log.With("run.jsonl", run.End().Lines);
        return _log.Analyze().Anomalies;
    }

    private double Noisy(double value) => value * (0.95 + (0.1 * _random.NextDouble()));
}
