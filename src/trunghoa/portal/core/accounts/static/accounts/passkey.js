'use strict';
// A button asks the browser for a passkey and sends what it answers with the form around it.
document.querySelectorAll('button[data-passkey]').forEach(button => {
  button.addEventListener('click', async () => {
    const options = JSON.parse(document.getElementById(button.dataset.options).textContent);
    const failed = document.getElementById('passkey-failed');
    failed.hidden = true;
    try {
      const answer = await window.webauthnJSON[button.dataset.passkey](options);
      document.getElementById(button.dataset.into).value = JSON.stringify(answer);
      button.form.submit();
    } catch (error) {
      failed.hidden = false;
    }
  });
});
