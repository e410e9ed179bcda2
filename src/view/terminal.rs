//! The terminal: the one file that has a real one. It is set up here, and restored after the end, an error,
//! a panic and a signal.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    Event,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::App;
#[cfg(unix)]
use super::signals;

/// How long a key is waited for while work goes on, and while nothing does.
const BUSY: Duration = Duration::from_millis(40);
const IDLE: Duration = Duration::from_millis(1000);

/// Whether the terminal is the browser's at present.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Shows the browser until it is closed.
///
/// # Errors
///
/// When the terminal can't be set up or written to, or standard output is none.
pub fn run(app: &mut App<'_>) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return Err(io::Error::other(
            "a full screen needs a terminal; inspect and dump write text",
        ));
    }
    if std::env::var_os("TERM").is_some_and(|name| name == "dumb") {
        return Err(io::Error::other(
            "a full screen needs a terminal that moves its cursor, and TERM=dumb says that this one \
             can't; inspect and dump write text",
        ));
    }
    restore_after_panics();
    #[cfg(unix)]
    signals::watch(is_taken);
    take()?;
    let ended = browse(app);
    restore();
    ended
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableMouseCapture,
        EnableBracketedPaste
    )
}

/// Gives the terminal back as it was; nothing where it is not the browser's. May be called from the thread
/// that a signal ends the program on.
pub fn restore() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // The screen may be in the middle of being drawn, by the thread that holds the lock of standard output.
    let mut sequence = Vec::new();
    let _ = execute!(
        sequence,
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        ratatui::crossterm::cursor::Show
    );
    let _ = write_past_locks(&sequence);
    let _ = disable_raw_mode();
}

/// Gives the terminal back, stops until the shell lets the program go on, and takes it again.
#[cfg(unix)]
fn stop(with_group: bool) -> io::Result<()> {
    restore();
    signals::stop(with_group)?;
    take()
}

#[cfg(unix)]
fn is_taken() -> bool {
    IS_TAKEN.load(Ordering::SeqCst)
}

/// Handles signals: stops, or takes the terminal again after a stop. Answers whether the screen has to be drawn from
/// scratch.
#[cfg(unix)]
fn obey_signals() -> io::Result<bool> {
    if signals::take_stop() {
        stop(false)?;
        return Ok(true);
    }
    let goes_on = signals::take_going_on();
    if goes_on {
        // The shell may have changed the terminal's modes meanwhile.
        restore();
        take()?;
    }
    Ok(goes_on)
}

#[cfg(not(unix))]
fn stop(_with_group: bool) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn obey_signals() -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn write_past_locks(bytes: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd;
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    std::fs::File::from(stdout).write_all(bytes)
}

#[cfg(not(unix))]
fn write_past_locks(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// A panic of the drawing thread is reported after the terminal is restored. One of a working thread isn't reported:
/// the browser goes on and says that the work has no result.
fn restore_after_panics() {
    let before = panic::take_hook();
    let drawing = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            restore();
            before(info);
        }
    }));
}

fn browse(app: &mut App<'_>) -> io::Result<()> {
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let mut is_new = true;
    while !app.is_over() {
        if is_new {
            terminal.draw(|frame| {
                let cursor = app.draw(frame.buffer_mut());
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            })?;
        }
        let time = if app.is_busy() { BUSY } else { IDLE };
        is_new = false;
        let mut waits = time;
        // Keys that are waiting are all handled before the screen is drawn.
        while event::poll(waits)? {
            let event = event::read()?;
            is_new = true;
            if matches!(event, Event::Resize(..)) {
                terminal.autoresize()?;
            }
            app.event(&event);
            waits = Duration::ZERO;
            let stops = app.take_stop();
            if stops {
                stop(true)?;
            }
            if obey_signals()? || stops {
                terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
            }
            if app.is_over() {
                return Ok(());
            }
        }
        if obey_signals()? {
            terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
            is_new = true;
        }
        is_new |= app.tick();
    }
    Ok(())
}
